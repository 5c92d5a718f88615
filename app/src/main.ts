import { mount } from 'svelte';
import App from './App.svelte';
import { serviceWorkerAddress } from './lib/trusted';
import { speak } from './lib/words.svelte';
import './look/tokens.css';
import './look/base.css';
import { applyTheme, chosenTheme } from './more/theme';
import { navigation } from './navigation.svelte';

// A part of the shell that is gone belongs to a build that was replaced while
// this page stood open: the new page has it.
addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  location.reload();
});

// A binding code may stand in the address. It is read once and taken out before
// anything can fail, so that it stays neither in the bar nor in the history.
const { hash: fragment } = location;
navigation.begin();

applyTheme(chosenTheme());
await speak(navigator.languages);

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
mount(App, { target, props: { fragment } });

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // A browser that refuses (a private window) still runs the app while connected.
  navigator.serviceWorker
    .register(serviceWorkerAddress(), { scope: '/app' })
    .catch(() => undefined);
}
