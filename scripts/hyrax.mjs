#!/usr/bin/env node
// The `hyrax` and `tootctl` commands; the name it was called by chooses whose options are understood.
import { basename } from 'node:path'
import { ready } from './ready.mjs'

const calledAs = basename(process.argv[1] ?? '', '.mjs') === 'tootctl' ? 'tootctl' : 'hyrax'
const invokedAs = process.env.HYRAX_INVOKED_AS ?? calledAs
process.exitCode = await ready('hyrax', process.argv.slice(2), { HYRAX_INVOKED_AS: invokedAs })
