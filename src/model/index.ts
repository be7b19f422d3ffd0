export * from './request.ts';
export * from './facts.ts';
export * from './matcher.ts';
export * from './answer.ts';
export * from './exchange.ts';
export * from './kind.ts';
export * from './plan.ts';
export * from './world.ts';
