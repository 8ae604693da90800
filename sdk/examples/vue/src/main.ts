import { engagement, forms, links, pageViews } from '@klantreis/web';
import { klantreis } from '@klantreis/web/vue';
import { createApp } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import App from './App.vue';
import Boots from './pages/Boots.vue';
import Home from './pages/Home.vue';
import Product from './pages/Product.vue';

const { VITE_KLANTREIS_KEY: key = 'demo', VITE_KLANTREIS_ENDPOINT: endpoint = 'http://127.0.0.1:8080' } = import.meta.env;

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Home },
    { path: '/boots', component: Boots },
    { path: '/boots/:id', component: Product, props: true },
  ],
});

createApp(App).use(klantreis, { key, endpoint, features: [pageViews, links, forms, engagement] }).use(router).mount('#app');
