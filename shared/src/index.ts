export * from './api.ts'
export { type Body, type BodyElement, type BodyElementType, type BodyNode, bodyExcess } from './body.ts'
export { CHANGE_TYPES, Change, type ChangeType } from './change.ts'
export { CLOSE_CODES, type CloseReason, ERRORS, type ErrorCode } from './errors.ts'
export {
  Author,
  BodySchema,
  Item,
  ItemId,
  isRemoved,
  LiveItem,
  RemovedItem,
  StaffRole,
} from './item.ts'
export { AUTHOR_NAME_CHARACTERS, HEARTBEAT_MS, LIMITS } from './limits.ts'
export { formatPosition, type Position, parsePosition } from './position.ts'
export * from './protocol.ts'
export {
  Ability,
  Posting,
  RoomAddress,
  RoomFacts,
  RoomState,
  RoomSummary,
  Slug,
  Visibility,
} from './room.ts'
