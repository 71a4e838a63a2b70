/** Of this answer's Content-Security-Policy: styles that are made while the page runs carry it. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
