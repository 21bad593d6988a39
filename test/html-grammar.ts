import assert from 'node:assert/strict'

/** What is sent as HTML to break out of a page. */
export const attacks = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<img src=x onerror=alert(1)>',
  '<img src="javascript:alert(1)">',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
  '<math><annotation encoding="application/x-tex"><script>alert(1)</script></annotation></math>',
  '<math><annotation encoding="application/x-tex">&lt;img src=x onerror=alert(1)&gt;</annotation></math>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="javascript:alert(1)">',
  '<form action="https://evil.example"><input name=password><button>go</button></form>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<style>body{display:none}</style>',
  '<p style="position:fixed;inset:0">x</p>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href=" javascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<a href="java&#0;script:alert(1)">x</a>',
  '<a href="\u0001javascript:alert(1)">x</a>',
  '<a href="&#106;&#97;&#118;&#97;script&colon;alert(1)">x</a>',
  '<a href="javascript&#58;alert(1)">x</a>',
  '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="blob:https://a.example/1">x</a>',
  '<a href="file:///etc/passwd">x</a>',
  '<a href="<!-- -->javascript:alert(1)">x</a>',
  '<a href="https://a.example" onclick="alert(1)" onmouseover=alert(1)>x</a>',
  '<a href="https://a.example/&quot; onclick=alert(1) x=&quot;">x</a>',
  '<a href=\'https://a.example/"onclick="alert(1)\'>x</a>',
  '<a href=https://a.example/`onclick=alert(1)>x</a>',
  '<p class="x&quot;><script>alert(1)</script>">x</p>',
  '<span class="h-&quot; onclick=&quot;alert(1)">x</span>',
  '<abbr title="&quot;><script>alert(1)</script>">x</abbr>',
  '<blockquote cite="javascript:alert(1)">x</blockquote>',
  '<textarea></textarea><script>alert(1)</script>',
  '<title></title><img src=x onerror=alert(1)>',
  '<xmp></xmp><script>alert(1)</script>',
  '<select><option><script>alert(1)</script></select>',
  '<plaintext><script>alert(1)</script>',
  '<noembed></noembed><script>alert(1)</script>',
  '<!--><script>alert(1)</script>-->',
  '<!-- --!><script>alert(1)</script>',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?xml version="1.0"?><script>alert(1)</script>',
  '<<script>alert(1)//<</script>',
  '<p/onclick=alert(1)>x',
  '<b <script>alert(1)</script>0',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '＜script＞alert(1)＜/script＞',
  '<video><source onerror="alert(1)"></video><audio src=x onerror=alert(1)>',
  '<details open ontoggle=alert(1)>x</details>',
  '<marquee onstart=alert(1)>x</marquee>',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<p __proto__=x constructor=y href=z>x</p><__proto__>y</__proto__><constructor>z</constructor>',
  '<a href="https://a.example" href="javascript:alert(1)">x</a>',
  '<x:a href="javascript:alert(1)">x</x:a>',
  '<a xlink:href="javascript:alert(1)">x</a>',
]

/** Reads the answer by its own strict grammar: only these tags, attributes and schemes, all of it closed. */
export function assertSafe(html: string, from: string) {
  const open: string[] = []
  const rest = html.replace(
    /<(\/?)([a-z0-9]+)((?: [a-z]+(?:="[^"<>]*")?)*)( \/)?>/g,
    (tag, slash, name, attributes) => {
      assert.match(
        name,
        /^(p|br|span|a|abbr|del|s|pre|blockquote|code|b|strong|u|sub|sup|i|em|h[1-5]|ul|ol|li|ruby|rt|rp)$/,
        `${tag} from ${from}`,
      )
      if (slash) assert.equal(open.pop(), name, `closing in ${html}`)
      else if (name !== 'br') open.push(name)
      for (const [, key, value = ''] of attributes.matchAll(/ ([a-z]+)(?:="([^"]*)")?/g)) {
        assert.match(key, /^(href|class|rel|target|translate|lang|start|reversed|value|title|cite)$/)
        if (key === 'href')
          assert.match(value, /^(https?|dat|dweb|ipfs|ipns|ssb|gopher|xmpp|magnet|gemini):/i)
        if (key === 'cite') assert.match(value, /^https?:/i)
      }
      const leads = name === 'a' && !slash && !/ class="[^"]*\b(?:mention|hashtag)\b/.test(attributes)
      if (leads) {
        assert.match(attributes, / rel="(?:me )?nofollow noopener noreferrer"/)
        assert.match(attributes, / target="_blank"/)
      }
      return ''
    },
  )
  assert.doesNotMatch(rest, /[<>]/, `stray angle brackets from ${from}`)
  assert.deepEqual(open, [], `unclosed in ${html}`)
}
