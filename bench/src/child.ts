import { works } from './works.ts'

/** Does one step of one work in this process: `child.ts <index> prepare|run <place> <size>`. */
const [index, step, place = '', size] = process.argv.slice(2)
const work = works[Number(index)]
if (!work) throw new Error(`there is no work ${index}`)
if (step === 'prepare') await work.prepare?.(place, Number(size))
else {
  const found = await work.run(place, Number(size))
  const measured = typeof found === 'number' ? { perSecond: found } : found
  // maxRSS is in KiB.
  process.stdout.write(JSON.stringify({ ...measured, rssMb: process.resourceUsage().maxRSS / 1024 }))
}
