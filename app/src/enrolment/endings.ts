export { default as DeadStep } from './DeadStep.svelte';
export { default as DoneStep } from './DoneStep.svelte';
export { default as ElsewhereStep } from './ElsewhereStep.svelte';
