export { compileDelay, delayShape } from './delay.ts';
export { compileReply } from './compile-reply.ts';
export { replyKinds } from './kinds.ts';
export { replyKeys, replyShape, type ReplyValue } from './reply-shape.ts';
