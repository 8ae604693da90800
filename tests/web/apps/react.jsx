// A shop of three pages with React Router, as its documentation has it.
import { createElement as h, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Link, Route, Routes, useNavigate } from 'react-router';

function Page({ title, children }) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return h('main', null, h('h1', null, title), children);
}

function List() {
  const navigate = useNavigate();
  const sort = () => navigate('/list?sort=price', { replace: true });
  return h(Page, { title: 'List' }, h(Link, { id: 'detail', to: '/detail/1' }, 'detail'), h('button', { id: 'sort', onClick: sort }, 'sort'));
}

createRoot(document.body.appendChild(document.createElement('div'))).render(
  h(
    BrowserRouter,
    null,
    h(
      Routes,
      null,
      h(Route, { path: '/', element: h(Page, { title: 'Home' }, h(Link, { id: 'list', to: '/list' }, 'list')) }),
      h(Route, { path: '/list', element: h(List) }),
      h(Route, { path: '/detail/:id', element: h(Page, { title: 'Detail' }) }),
    ),
  ),
);
