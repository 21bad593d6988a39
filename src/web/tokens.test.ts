import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Colour, Scheme } from './tokens.ts'
import { colours, coloursCss } from './tokens.ts'

const schemes: Scheme[] = ['light', 'dark', 'lightMore', 'darkMore']
const surfaces = ['bg', 'surface', 'sunken', 'raised']

/** WCAG relative luminance; colours outside sRGB are clipped as a plain screen does. */
function luminance([lightness, chroma, hue]: Colour, accent: number): number {
  const degrees = hue === 'accent' ? accent : hue === 'visited' ? accent + 40 : hue
  const a = chroma * Math.cos((degrees * Math.PI) / 180)
  const b = chroma * Math.sin((degrees * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clip = (x: number) => Math.min(1, Math.max(0, x))
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function ratio(fore: string, back: string, scheme: Scheme, accent = 172): number {
  const shine = (name: string) => luminance((colours[name] as Record<Scheme, Colour>)[scheme], accent)
  const [dim, bright] = [shine(fore), shine(back)].sort((a, b) => a - b) as [number, number]
  return (bright + 0.05) / (dim + 0.05)
}

describe('colours', () => {
  it('keep text readable on every surface (WCAG 1.4.3)', () => {
    for (const scheme of schemes) {
      for (const back of surfaces) {
        for (const fore of [
          'text',
          'text-2',
          'text-3',
          'danger',
          'ok',
          'warn',
          'boost',
          'favourite',
          'bookmark',
        ]) {
          const found = ratio(fore, back, scheme)
          assert.ok(found >= 4.5, `${fore} on ${back}, ${scheme}: ${found.toFixed(2)}`)
        }
      }
    }
  })

  it('keep borders of controls visible (WCAG 1.4.11)', () => {
    for (const scheme of schemes) {
      for (const back of surfaces) {
        const found = ratio('edge', back, scheme)
        assert.ok(found >= 3, `edge on ${back}, ${scheme}: ${found.toFixed(2)}`)
      }
    }
  })

  it('keep links and buttons readable whatever hue the keeper chooses', () => {
    for (const scheme of schemes) {
      for (let hue = 0; hue < 360; hue++) {
        for (const back of surfaces) {
          const found = Math.min(ratio('accent', back, scheme, hue), ratio('link-visited', back, scheme, hue))
          assert.ok(found >= 4.5, `accent ${hue} on ${back}, ${scheme}: ${found.toFixed(2)}`)
        }
        const found = ratio('on-accent', 'accent', scheme, hue)
        assert.ok(found >= 4.5, `text on accent ${hue}, ${scheme}: ${found.toFixed(2)}`)
      }
    }
  })

  it('are written once for each scheme and each way to ask for it', () => {
    const css = coloursCss()
    assert.match(css, /--accent:oklch\(0\.49 calc\(0\.095\*var\(--tint\)\) var\(--hue\)\)/)
    assert.match(css, /@media \(prefers-color-scheme:dark\)\{:root:not\(\[data-scheme=light\]\)/)
    assert.match(css, /\[data-contrast=more\]/)
    assert.equal(css.split('{').length, css.split('}').length)
  })
})
