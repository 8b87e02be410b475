export { accounts } from '../rebuild/app.ts'
