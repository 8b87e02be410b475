import type { AnyPolicy, AnyProjection, App } from '../definitions/index.ts'
import { fingerprintOf } from './fingerprint.ts'

/** A projection can be folded by those who have its definition. */
export function projectionSkill(projection: AnyProjection): string {
  return modelSkill(projection.name, fingerprintOf(projection))
}

/** The same by what names the definition. */
export function modelSkill(model: string, fingerprint: string): string {
  return `projection ${model} ${fingerprint}`
}

/** A policy can be run by those who have one of that name. */
export function policySkill({ name }: AnyPolicy): string {
  return `policy ${name}`
}

/** The consumers that a process with this application can keep. */
export function skillsOf({ projections, policies }: App): string[] {
  return [...projections.map(projectionSkill), ...policies.map(policySkill)]
}
