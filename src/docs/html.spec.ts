import { html } from './html';

describe('markup', () => {
  it('escapes what is put into it', () => {
    expect(html`<p title="${'"quoted"'}">${"<script>alert(1)</script> & 'more'"}</p>`.text).toBe(
      '<p title="&quot;quoted&quot;">&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;more&#39;</p>',
    );
  });

  it('takes markup and lists of it as they are', () => {
    const items = ['a', 'b'].map((text) => html`<li>${text}</li>`);
    expect(
      html`<ul>
        ${items}
      </ul>`.text.replace(/\s/g, ''),
    ).toBe('<ul><li>a</li><li>b</li></ul>');
  });

  it('writes nothing for nothing', () => {
    expect(html`<p>${null}${undefined}${false}${0}</p>`.text).toBe('<p>0</p>');
  });
});
