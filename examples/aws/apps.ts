export { boxOffice } from '@weir-examples/box-office'
export { coffee, services } from '@weir-examples/coffee'
export { helpdesk } from '@weir-examples/helpdesk'
export { inventory } from '@weir-examples/inventory'
