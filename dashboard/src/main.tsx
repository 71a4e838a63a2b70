import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './styles.css';

import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app';
import { nonce } from './nonce';

// Asked by what locks the scroll bar behind dialogs.
setNonce(nonce);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
