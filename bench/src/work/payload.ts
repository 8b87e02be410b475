/** As long as the payload of a commit of one deposit. */
export const PAYLOAD = 'x'.repeat(280)
