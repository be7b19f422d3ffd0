export { compileResource, type ResourceRoute } from './compile-resource.ts';
export { resourcesShape } from './resource-shape.ts';
