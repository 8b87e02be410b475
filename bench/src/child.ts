import { works } from './works.ts'

/** Does one step of one work in this process: `child.ts <index> prepare|run <directory> <size>`. */
const [index, step, directory = '', size] = process.argv.slice(2)
const work = works[Number(index)]
if (!work) throw new Error(`there is no work ${index}`)
if (step === 'prepare') await work.prepare?.(directory, Number(size))
else {
  const perSecond = await work.run(directory, Number(size))
  // maxRSS is in KiB.
  process.stdout.write(JSON.stringify({ perSecond, rssMb: process.resourceUsage().maxRSS / 1024 }))
}
