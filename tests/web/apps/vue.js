// The same shop with Vue Router.
import { createApp, h } from 'vue';
import { createRouter, createWebHistory, RouterLink, RouterView } from 'vue-router';

const page = (title, ...children) => ({ render: () => h('main', [h('h1', title), ...children.map((child) => child())]) });
const link = (id, to) => () => h(RouterLink, { id, to }, () => id);
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: page('Home', link('list', '/list')), meta: { title: 'Home' } },
    {
      path: '/list',
      component: page('List', link('detail', '/detail/1'), () => h('button', { id: 'sort', onClick: () => router.replace('/list?sort=price') }, 'sort')),
      meta: { title: 'List' },
    },
    { path: '/detail/:id', component: page('Detail'), meta: { title: 'Detail' } },
  ],
});
router.afterEach((to) => {
  document.title = to.meta.title;
});
createApp({ render: () => h(RouterView) }).use(router).mount(document.body.appendChild(document.createElement('div')));
