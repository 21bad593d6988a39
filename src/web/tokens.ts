/** Lightness, chroma and hue of OKLCH; `accent` is the keeper's hue, with the keeper's tint as chroma. */
export type Colour = readonly [lightness: number, chroma: number, hue: number | 'accent' | 'visited']

/** The four looks of a page. */
export type Scheme = 'light' | 'dark' | 'lightMore' | 'darkMore'

/** Hue of links and main buttons when the keeper chose none: lichen. */
export const DEFAULT_HUE = 172

/** Every colour of the pages. Lightness is fixed, so that each hue keeps its contrast. */
export const colours: Record<string, Record<Scheme, Colour>> = {
  bg: row([0.972, 0.006, 85], [0.195, 0.008, 75], [1, 0, 0], [0, 0, 0]),
  surface: row([0.993, 0.003, 85], [0.23, 0.009, 75], [1, 0, 0], [0, 0, 0]),
  sunken: row([0.945, 0.008, 85], [0.165, 0.007, 75], [0.96, 0, 0], [0.17, 0, 0]),
  raised: row([1, 0, 0], [0.275, 0.01, 75], [1, 0, 0], [0.2, 0, 0]),
  line: row([0.895, 0.009, 85], [0.325, 0.01, 75], [0.45, 0, 0], [0.62, 0, 0]),
  edge: row([0.62, 0.012, 85], [0.58, 0.012, 75], [0.3, 0, 0], [0.8, 0, 0]),
  text: row([0.25, 0.012, 75], [0.945, 0.008, 85], [0, 0, 0], [1, 0, 0]),
  'text-2': row([0.45, 0.014, 75], [0.78, 0.01, 85], [0.25, 0, 0], [0.9, 0, 0]),
  'text-3': row([0.51, 0.014, 75], [0.7, 0.01, 85], [0.32, 0, 0], [0.85, 0, 0]),
  accent: row(
    [0.49, 0.095, 'accent'],
    [0.8, 0.105, 'accent'],
    [0.38, 0.09, 'accent'],
    [0.88, 0.09, 'accent'],
  ),
  'on-accent': row([1, 0, 0], [0.195, 0.008, 75], [1, 0, 0], [0, 0, 0]),
  'link-visited': row(
    [0.49, 0.095, 'visited'],
    [0.8, 0.105, 'visited'],
    [0.38, 0.09, 'visited'],
    [0.88, 0.09, 'visited'],
  ),
  boost: row([0.5, 0.15, 312], [0.8, 0.115, 312], [0.38, 0.15, 312], [0.86, 0.09, 312]),
  favourite: row([0.53, 0.115, 70], [0.84, 0.13, 85], [0.4, 0.09, 70], [0.9, 0.12, 90]),
  bookmark: row([0.5, 0.12, 250], [0.8, 0.09, 248], [0.38, 0.12, 255], [0.87, 0.07, 245]),
  danger: row([0.52, 0.185, 27], [0.77, 0.135, 25], [0.42, 0.17, 28], [0.84, 0.1, 25]),
  ok: row([0.5, 0.11, 150], [0.82, 0.12, 150], [0.38, 0.09, 150], [0.88, 0.12, 150]),
  warn: row([0.52, 0.105, 75], [0.84, 0.12, 85], [0.4, 0.085, 75], [0.9, 0.12, 90]),
}

/** The custom properties of colour, for each scheme the reader's system or the reader asks for. */
export function coloursCss(): string {
  const more = '@media (prefers-contrast:more)'
  const dark = '@media (prefers-color-scheme:dark)'
  const [notLight, isDark, isMore] = [
    ':not([data-scheme=light])',
    '[data-scheme=dark]',
    '[data-contrast=more]',
  ]
  return [
    `:root{color-scheme:light dark;--hue:${DEFAULT_HUE};--tint:1;${properties('light')}}`,
    ':root[data-scheme=light]{color-scheme:light}:root[data-scheme=dark]{color-scheme:dark}',
    `${dark}{:root${notLight}{${properties('dark')}}}`,
    `:root${isDark}{${properties('dark')}}`,
    `${more}{:root{${properties('lightMore')}}}`,
    `:root${isMore}{${properties('lightMore')}}`,
    `${more}{${dark}{:root${notLight}{${properties('darkMore')}}}:root${isDark}{${properties('darkMore')}}}`,
    `${dark}{:root${notLight}${isMore}{${properties('darkMore')}}}`,
    `:root${isDark}${isMore}{${properties('darkMore')}}`,
  ].join('\n')
}

function row(light: Colour, dark: Colour, lightMore: Colour, darkMore: Colour): Record<Scheme, Colour> {
  return { light, dark, lightMore, darkMore }
}

function properties(scheme: Scheme): string {
  const dim = scheme.startsWith('dark')
  const tones = dim ? '--tone-back:.34 .05;--tone-fore:.88 .07' : '--tone-back:.87 .055;--tone-fore:.36 .07'
  return `${Object.entries(colours)
    .map(([name, values]) => `--${name}:${oklch(values[scheme])}`)
    .join(';')};${tones}`
}

function oklch([lightness, chroma, hue]: Colour): string {
  if (typeof hue === 'number') return `oklch(${lightness} ${chroma} ${hue})`
  const turned = hue === 'accent' ? 'var(--hue)' : 'calc(var(--hue) + 40)'
  return `oklch(${lightness} calc(${chroma}*var(--tint)) ${turned})`
}
