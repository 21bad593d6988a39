// Plain JavaScript for Node 20: it runs before anything is installed.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.hyrax-stamp.json')
const windows = process.platform === 'win32'
const oldestNode = 26

/** A fault of the machine or the network, told to the keeper as a sentence and without a stack. */
export class CannotInstall extends Error {}

/** Installs from the lock file unless what is there already fits; answers the path of Node 26. */
export async function install({ dev }) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const fingerprint = createHash('sha256').update(lockText).digest('hex')
  const stamp = readStamp()
  const enough = stamp?.lock === fingerprint && (stamp.kind === 'dev' || !dev)
  if (enough && existsSync(stamp.node)) return stamp.node
  const lock = JSON.parse(lockText)
  if (!enough && !alreadyFits(lock, dev)) await runNpmCi(lock, dev)
  const node = await readyNode(lock.packages['node_modules/node'].version)
  const kind = alreadyFits(lock, true) ? 'dev' : 'prod'
  writeStamp({ lock: fingerprint, kind, node })
  return node
}

/** Node 26 for an installed package (npx, npm install -g), where npm has done the rest. */
export async function nodeOfPackage() {
  const found = createRequire(import.meta.url).resolve('node/package.json')
  return readyNode(JSON.parse(readFileSync(found, 'utf8')).version, dirname(found))
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return null
  }
}

function writeStamp(stamp) {
  try {
    writeFileSync(stampFile, `${JSON.stringify(stamp)}\n`)
  } catch {
    // An installation that may not be written to (a container image) is looked at again on every start.
  }
}

/** Whether npm's own record of node_modules has every package of the lock file (someone ran `npm ci` by hand). */
function alreadyFits(lock, dev) {
  let installed
  try {
    installed = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages
  } catch {
    return false
  }
  return Object.entries(lock.packages).every(
    ([path, wanted]) =>
      path === '' || wanted.optional || (wanted.dev && !dev) || installed[path]?.version === wanted.version,
  )
}

async function runNpmCi(lock, dev) {
  const wanted = Object.values(lock.packages).filter((entry) => !entry.optional && (dev || !entry.dev))
  const what = `${wanted.length} packages from package-lock.json${dev ? '' : ' (without development tools)'}`
  const done = progress(`installing ${what}`)
  const kind = dev ? '--include=dev' : '--omit=dev'
  const { code, output } = await npm(['ci', kind, '--no-audit', '--no-fund', '--loglevel=error'])
  done(code === 0)
  if (code !== 0) throw new CannotInstall(explain(output))
}

/** The path of a Node that is new enough and starts; npm may have been told not to run install scripts. */
async function readyNode(version, packageDirectory = join(modules, 'node')) {
  const binary = join(packageDirectory, 'bin', windows ? 'node.exe' : 'node')
  if (starts(binary)) return binary
  const fetched = await fetchNode(version, binary)
  if (fetched.ok && starts(binary)) return binary
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return process.execPath
  throw new CannotInstall(
    fetched.ok
      ? `The Node ${version} that npm delivers does not start on this system (${process.platform} ${process.arch}). ` +
          `Install Node ${oldestNode} or newer from your system's packages and run this again.`
      : fetched.reason,
  )
}

function starts(binary) {
  try {
    accessSync(binary, constants.X_OK)
    const version = execFileSync(binary, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return Number(/^v(\d+)/.exec(version)?.[1]) >= oldestNode
  } catch {
    return false
  }
}

async function fetchNode(version, binary) {
  const apple = process.platform === 'darwin' && process.arch === 'arm64'
  const name = `${apple ? 'node-bin' : 'node'}-${windows ? 'win' : process.platform}-${process.arch}`
  const done = progress(`fetching Node ${version}`)
  const place = join(dirname(dirname(binary)), '.download')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"private":true}\n')
  const flags = [
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const { code, output } = await npm(['install', ...flags, '--prefix', place, `${name}@${version}`], place)
  done(code === 0)
  if (code !== 0) return { ok: false, reason: explain(output) }
  const fetched = join(place, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node')
  mkdirSync(dirname(binary), { recursive: true })
  rmSync(binary, { force: true })
  try {
    linkSync(fetched, binary)
  } catch {
    copyFileSync(fetched, binary)
  }
  chmodSync(binary, 0o755)
  rmSync(place, { recursive: true, force: true })
  return { ok: true }
}

function npm(args, cwd = root) {
  const cli = process.env.npm_execpath
  const viaCli = cli && /npm-cli\.c?js$/.test(cli)
  const [file, all] = viaCli ? [process.execPath, [cli, ...args]] : [windows ? 'npm.cmd' : 'npm', args]
  return new Promise((resolve) => {
    const child = spawn(file, all, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: windows && !viaCli })
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => resolve({ code: 1, output: `${error.code} ${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

const causes = [
  [/spawn npm ENOENT|ENOENT spawn npm/, 'npm was not found. Install Node 20 or newer together with npm.'],
  [/E401|E403|ENEEDAUTH/, 'The package registry refused access. Check `npm config get registry`.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED/,
    'The package registry could not be reached. Connect this machine to the network (or set HTTPS_PROXY, ' +
      'or `npm config set registry`) and run the same command again.',
  ],
  [/ENOSPC/, 'The disk is full: installing needs about 500 MB.'],
  [/EACCES|EPERM|EROFS/, 'This folder may not be written. Run the command as the user who owns it.'],
  [/in sync|EUSAGE/, 'package.json and package-lock.json disagree. Run `npm install`, then commit both.'],
  [/E404|ETARGET/, 'The registry does not have a package that package-lock.json names.'],
]

function explain(output) {
  const sentence = causes.find(([sign]) => sign.test(output))?.[1] ?? 'npm could not install the packages.'
  const lines = output.split('\n').filter((line) => line.trim() && !/complete log|npm warn/.test(line))
  return [sentence, ...lines.slice(0, 12).map((line) => `  ${line}`)].join('\n')
}

function progress(what) {
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  const live = process.stderr.isTTY
  process.stderr.write(`hyrax: ${what} …${live ? '' : '\n'}`)
  const timer = live
    ? setInterval(() => process.stderr.write(`\rhyrax: ${what} … ${seconds()} s`), 1000)
    : undefined
  return (ok) => {
    clearInterval(timer)
    process.stderr.write(
      `${live ? '\r' : ''}hyrax: ${what} … ${ok ? 'done' : 'failed'} after ${seconds()} s\n`,
    )
  }
}
