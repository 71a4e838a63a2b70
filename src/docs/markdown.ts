import MarkdownIt from 'markdown-it';

import { Html } from './html';

/** Our own texts only, and even so no HTML passes through. */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

markdown.renderer.rules.heading_open = (tokens, i, options, _env, renderer) => {
  const words = tokens[i + 1]?.children?.map(({ content }) => content).join('') ?? '';
  tokens[i]!.attrSet('id', anchorOf(words));
  return renderer.renderToken(tokens, i, options);
};

// A wide table scrolls by itself; the page does not.
markdown.renderer.rules.table_open = () => '<div class="scroll" tabindex="0"><table>';
markdown.renderer.rules.table_close = () => '</table></div>';

/** `API key vs. JWT` as `api-key-vs-jwt`. */
export const anchorOf = (words: string): string =>
  words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

export const renderMarkdown = (text: string): Html => new Html(markdown.render(text));

/** One line, without a paragraph around it. */
export const renderInline = (text: string): Html => new Html(markdown.renderInline(text));
