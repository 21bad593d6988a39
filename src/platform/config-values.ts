import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import type { Setting } from './config-setting.ts'

export type SettingValue = string | number | boolean | string[]
export type Parsed = { value: SettingValue } | { fault: string }

/** Reads a setting's text as its type; the fault is a clause that follows the setting's name. */
export function parseSetting(setting: Setting, text: string): Parsed {
  switch (setting.type) {
    case 'int':
      return parseInteger(setting, text)
    case 'bool':
      return parseBoolean(text)
    case 'bytes':
      return parseBytes(text)
    case 'enum':
      return parseChoice(setting, text)
    case 'url':
      return URL.canParse(text) ? { value: text } : { fault: 'must be an address such as https://host' }
    case 'domain':
      return parseDomain(text)
    case 'list':
      return { value: splitList(text) }
    case 'domains':
      return parseEach(splitList(text), parseDomain)
    case 'cidrs':
      return parseEach(splitList(text), parseCidr)
    default:
      return { value: text }
  }
}

const splitList = (text: string): string[] => text.split(/[\s,|]+/).filter((part) => part !== '')

function parseEach(parts: string[], parse: (part: string) => Parsed): Parsed {
  const values: string[] = []
  for (const part of parts) {
    const parsed = parse(part)
    if ('fault' in parsed) return parsed
    values.push(String(parsed.value))
  }
  return { value: values }
}

function parseInteger({ min, max }: Setting, text: string): Parsed {
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) return { fault: 'must be a whole number' }
  if (min !== undefined && value < min) return { fault: `must be at least ${min}` }
  if (max !== undefined && value > max) return { fault: `must be at most ${max}` }
  return { value }
}

function parseBoolean(text: string): Parsed {
  const word = text.toLowerCase()
  if (['true', 'on', 'yes', '1'].includes(word)) return { value: true }
  if (['false', 'off', 'no', '0'].includes(word)) return { value: false }
  return { fault: 'must be true or false' }
}

const UNITS = ['', 'k', 'm', 'g', 't']

function parseBytes(text: string): Parsed {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text)
  if (!match) return { fault: 'must be a size such as 10 GB' }
  const [, amount, unit = '', binary] = match
  const base = binary ? 1024 : 1000
  return { value: Math.round(Number(amount) * base ** UNITS.indexOf(unit.toLowerCase())) }
}

function parseChoice({ values = [] }: Setting, text: string): Parsed {
  const word = text.toLowerCase()
  return values.includes(word) ? { value: word } : { fault: `must be one of ${values.join(', ')}` }
}

function parseDomain(text: string): Parsed {
  const fault = { fault: 'must be a host name, without https:// and without a path' }
  const match = /^(\[[0-9a-f:.]+\]|[^\s/:@[\]]+)(:\d{1,5})?$/i.exec(text)
  if (!match) return fault
  const [, host = '', port = ''] = match
  if (Number(port.slice(1)) > 65535) return fault
  const ascii = host.startsWith('[') ? host.toLowerCase() : domainToASCII(host).replace(/\.$/, '')
  return ascii === '' ? fault : { value: ascii + port }
}

function parseCidr(text: string): Parsed {
  const fault = { fault: 'must be addresses or ranges such as 10.0.0.0/8' }
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return fault
  if (bits === undefined) return { value: text.toLowerCase() }
  const inRange = /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  return inRange ? { value: text.toLowerCase() } : fault
}
