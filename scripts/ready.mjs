// Plain JavaScript for Node 20: makes ready what a verb needs, then hands over to Node 26.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotInstall, install, nodeOfPackage, root } from './install.mjs'

const insidePackage = /[\\/]node_modules[\\/]/.test(root)

// Short-lived objects are collected in small steps: a few megabytes a thread, for a little time.
const sober = ['--max-semi-space-size=4', '--v8-pool-size=1']

const verbs = {
  start: { dev: false, bundle: true, args: (rest) => [...sober, 'dist/hyrax.mjs', 'serve', ...rest] },
  hyrax: { dev: false, bundle: true, args: (rest) => ['dist/hyrax.mjs', ...rest] },
  dev: { dev: true, client: true, args: (rest) => ['--watch', 'src/main.ts', 'serve', ...rest] },
  test: { dev: true, client: true, args: testArguments },
  check: { dev: true, run: check },
  format: { dev: true, args: (rest) => [tool('@biomejs/biome/bin/biome'), 'check', '--write', ...rest] },
  docs: { dev: true, args: (rest) => ['tools/docs.ts', ...rest] },
  build: { dev: true, args: (rest) => ['tools/build.ts', ...rest] },
  routes: { dev: true, args: (rest) => ['tools/routes.ts', ...rest] },
  new: { dev: true, args: (rest) => ['tools/new.ts', ...rest] },
  bench: { dev: true, args: (rest) => ['bench/bench.ts', ...rest] },
  demo: { dev: true, args: (rest) => ['scripts/demo.ts', ...rest] },
  network: { dev: true, args: (rest) => ['scripts/network.ts', ...rest] },
  pictures: { dev: true, client: true, args: (rest) => ['scripts/pictures.ts', ...rest] },
  torture: { dev: true, args: (rest) => ['scripts/torture.ts', ...rest] },
}

/** Installs what the verb needs and runs it; answers the exit code. */
export async function ready(name, rest, environment = {}) {
  const verb = verbs[name]
  if (!verb) {
    process.stderr.write(`hyrax: unknown verb «${name ?? ''}»; there are: ${Object.keys(verbs).join(', ')}\n`)
    return 2
  }
  try {
    if (insidePackage) return await handOver(await nodeOfPackage(), bundleArguments(name, rest), environment)
    const node = await install({ dev: verb.dev })
    if (verb.bundle) await bundleIfStale(node)
    if (verb.client) await clientIfStale(node)
    return verb.run ? await verb.run(node) : await handOver(node, verb.args(rest), environment)
  } catch (error) {
    if (!(error instanceof CannotInstall)) throw error
    process.stderr.write(`hyrax: ${error.message}\n`)
    return 1
  }
}

function bundleArguments(name, rest) {
  // Node strips types only outside of node_modules, so an installed package runs its bundle.
  const entry = join(root, 'dist', 'hyrax.mjs')
  return name === 'start' ? [entry, 'serve', ...rest] : [entry, ...rest]
}

/** Builds what runs when a source is newer than it; a second or less, and nothing when nothing changed. */
async function bundleIfStale(node) {
  await buildIfStale(node, {
    made: 'dist/hyrax.mjs',
    of: ['src', 'migrations', 'client', 'wording'],
    by: ['tools/build.ts', 'tools/build-client.ts'],
    what: 'program',
  })
}

/** Builds the member app alone: what runs from its sources still sends browsers something built. */
async function clientIfStale(node) {
  await buildIfStale(node, {
    made: 'dist/client/manifest.json',
    of: ['client', 'wording'],
    by: ['tools/build-client.ts'],
    what: 'member app',
  })
}

async function buildIfStale(node, { made, of, by, what }) {
  const file = join(root, made)
  const age = existsSync(file) ? statSync(file).mtimeMs : 0
  const newest = Math.max(
    ...of.map((folder) => newestBelow(join(root, folder))),
    ...['node_modules/.hyrax-stamp.json', 'package.json', ...by]
      .map((each) => join(root, each))
      .filter(existsSync)
      .map((each) => statSync(each).mtimeMs),
  )
  if (age > newest) return
  const { code, output } = await quietly(node, [by[0]])
  if (code !== 0) throw new CannotInstall(`the ${what} could not be built:\n${output}`)
}

function newestBelow(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile())
      newest = Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs)
  }
  return newest
}

function tool(path) {
  return join(root, 'node_modules', path)
}

function environmentFor(extra) {
  const cache = join(root, 'node_modules', '.cache', 'compiled')
  // Few malloc arenas that give back what is free: the threads share one small machine.
  return {
    NODE_COMPILE_CACHE: cache,
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '65536',
    ...process.env,
    ...extra,
  }
}

/** Becomes the program where the system allows it, else runs it below and passes signals and the exit code on. */
function handOver(node, args, extra = {}) {
  const environment = environmentFor(extra)
  const at = args.findIndex((arg) => !arg.startsWith('-'))
  const resolved = args.map((arg, index) =>
    index === at && !isAbsolute(arg) && args[0] !== '--test' ? join(root, arg) : arg,
  )
  if (process.execve && process.platform !== 'win32') {
    process.removeAllListeners('warning')
    process.execve(node, [node, ...resolved], environment)
  }
  return runBelow(node, resolved, environment)
}

function runBelow(node, args, environment, options = {}) {
  const child = spawn(node, args, { stdio: 'inherit', env: environment, ...options })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to parent and child alike; a second one would mean «stop at once».
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (!signal) return resolve(code ?? 1)
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.removeAllListeners(name)
      process.kill(process.pid, signal)
    })
  })
}

const testHomes = ['client', 'src', 'test', 'tools', 'scripts', 'bench']

function testArguments(rest) {
  const flags = rest.filter((arg) => arg.startsWith('-'))
  const named = rest.filter((arg) => !arg.startsWith('-')).map(testsBelow)
  const homes = testHomes.filter((home) => existsSync(join(root, home))).map((home) => `${home}/**/*.test.ts`)
  process.chdir(root)
  return [
    '--test',
    '--test-global-setup=test/global-setup.ts',
    `--test-concurrency=${availableParallelism()}`,
    // A test that hangs is a failure with a name, not a run without an end.
    '--test-timeout=120000',
    ...flags,
    ...(named.length > 0 ? named : homes),
  ]
}

function testsBelow(path) {
  return existsSync(path) && statSync(path).isDirectory() ? `${path.replace(/\/$/, '')}/**/*.test.ts` : path
}

async function check(node) {
  process.chdir(root)
  const steps = [
    ['types', [tool('typescript/bin/tsc'), '--noEmit', '--pretty', 'false']],
    ['app types', [tool('typescript/bin/tsc'), '-p', 'client', '--noEmit']],
    ['worker types', [tool('typescript/bin/tsc'), '-p', 'client/worker', '--noEmit']],
    ['style', [tool('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--max-diagnostics=60']],
    ['house', ['tools/check.ts']],
    ['docs', ['tools/docs.ts', '--check']],
  ]
  let failed = 0
  for (const [name, args] of steps) {
    const began = Date.now()
    const { code, output } = await quietly(node, args)
    const time = `${((Date.now() - began) / 1000).toFixed(1)} s`
    const last = output.trimEnd().split('\n').at(-1)?.trim() ?? ''
    if (code !== 0) {
      failed += 1
      process.stdout.write(`${output.trimEnd()}\n`)
    } else if (name === 'house') process.stdout.write(`${output.trimEnd()}\n`)
    const summary = code === 0 ? (name === 'types' ? 'no faults' : last) : 'FAILED'
    process.stdout.write(`${code === 0 ? '✔' : '✘'} ${name.padEnd(6)} ${time.padStart(6)}  ${summary}\n`)
  }
  return failed === 0 ? 0 : 1
}

function quietly(node, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environmentFor({}) })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

if (process.argv[1] && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  process.exitCode = await ready(process.argv[2], process.argv.slice(3))
}
