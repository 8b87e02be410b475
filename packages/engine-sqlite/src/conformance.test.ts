import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { engineLaws, eventStoreLaws, guaranteeLaws, readModelStoreLaws, type SetUp } from '@weir/conformance'
import { sqliteEngine } from './index.ts'

const setUp: SetUp = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weir-'))
  const open = sqliteEngine({ directory })
  let engine = await open('test')
  const reopen = async () => {
    await engine.close()
    engine = await open('test')
    return engine
  }
  const dispose = async () => {
    await engine.close()
    await rm(directory, { recursive: true })
  }
  return { engine, reopen, dispose }
}

eventStoreLaws('sqlite', setUp)
readModelStoreLaws('sqlite', setUp)
engineLaws('sqlite', setUp)
guaranteeLaws('sqlite', setUp, 2)
