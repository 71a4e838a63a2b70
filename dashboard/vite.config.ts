import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `{{nonce}}` and `{{options}}` are filled in by the service, anew for each answer (`src/dashboard/page-files.ts`). */
export default defineConfig({
  base: '/api-management/',
  plugins: [react()],
  html: { cspNonce: '{{nonce}}' },
  build: {
    target: 'es2022',
    // Nothing may be a data: URL but what the CSP lets in.
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The first load is measured compressed, in test/dashboard.e2e-spec.ts.
    chunkSizeWarningLimit: 1000,
  },
  // Beside a service on its usual port: npx vite dashboard
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/docs': 'http://127.0.0.1:3000', '/health': 'http://127.0.0.1:3000' } },
});
