export * from './shape.ts';
export * from './scalars.ts';
export * from './collections.ts';
