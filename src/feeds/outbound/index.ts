/**
 * Outbound: what was written here goes back to the sources that accept it, each fact once, in order, for as long as it takes.
 * Owns the tables of migration 0009. Called by server.ts (the sender) and the apps (what became of it). Never decides what is true: it tells what
 * was committed.
 */
export {
  type Delivery,
  type DeliveryCounts,
  type DeliveryEvent,
  type DeliveryStatus,
  deliveriesOf,
  deliveriesTo,
  openDeliveries,
  overdueMs,
  readDelivery,
} from './ledger.ts'
export { cancelDelivery, retryDelivery } from './mend.ts'
export { makeSender, type Sender } from './sender.ts'
