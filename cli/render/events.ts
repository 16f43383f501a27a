/** What happens while a command works. Renderers decide how, and whether, a person sees it. */
export type Event =
  | { readonly type: 'synthesizing'; readonly app: string }
  | { readonly type: 'stage'; readonly source: string; readonly stage: Stage; readonly detail?: string }
  | { readonly type: 'progress'; readonly source: string; readonly pages: number; readonly records: number; readonly bytes: number }
  | { readonly type: 'window'; readonly source: string; readonly n: number; readonly total: number; readonly from: string; readonly to: string; readonly outcome: string }
  | { readonly type: 'stage-done'; readonly source: string; readonly stage: Stage; readonly detail: string }
  | { readonly type: 'waiting'; readonly source: string; readonly seconds: number; readonly reason: string }
  | { readonly type: 'wait-shortened'; readonly source: string; readonly state: string; readonly asked: number; readonly seconds: number }
  | { readonly type: 'notice'; readonly source: string; readonly subject: string; readonly path: string }
  | { readonly type: 'retrying'; readonly source: string; readonly code: string; readonly message: string }
  | { readonly type: 'warning'; readonly message: string; readonly source?: string }
  | { readonly type: 'note'; readonly message: string };

/** A step of the workflow: `extract`, `catalogue`, `quality`, `transforms`. */
export type Stage = string;

export type Emit = (event: Event) => void;
