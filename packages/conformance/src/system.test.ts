import { setTimeout } from 'node:timers/promises'
import { systemClock, systemIdentity } from 'weir/ports'
import { clockLaws } from './clock.laws.ts'
import { identityLaws } from './identity.laws.ts'

clockLaws('system', () => ({ clock: systemClock, pass: (milliseconds) => setTimeout(milliseconds) }))
identityLaws('system', () => systemIdentity)
