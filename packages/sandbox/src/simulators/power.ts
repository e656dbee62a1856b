import type { Controller, ControllersOptions, RunningControllers } from './controller.ts';
import { runControllers } from './controller.ts';

/** The controllers of a cluster that can lose its power: without it none of them does anything, with it again all start from what is there. */
export class PoweredControllers {
  readonly #options: Omit<ControllersOptions, 'controllers' | 'signal'> & { name: string };
  readonly #controllers: Controller[] = [];
  #running: RunningControllers[] = [];
  /** Absent while the power is cut. */
  #power: AbortController | undefined = new AbortController();

  constructor(options: Omit<ControllersOptions, 'controllers' | 'signal'> & { name: string }) {
    this.#options = options;
  }

  /** Starts more of them; without power they wait for it. */
  run(controllers: readonly Controller[]): void {
    this.#controllers.push(...controllers);
    this.#start(controllers);
  }

  cut(): void {
    this.#power?.abort(new Error(`the cluster ${this.#options.name} has no power`));
    this.#power = undefined;
    this.#running = [];
  }

  restore(): void {
    if (this.#power) return;
    this.#power = new AbortController();
    this.#start(this.#controllers);
  }

  get on(): boolean {
    return this.#power !== undefined;
  }

  /** Those that run now. */
  get running(): readonly RunningControllers[] {
    return this.#running;
  }

  close(): void {
    this.#power?.abort(new Error(`the cluster ${this.#options.name} is closing`));
  }

  #start(controllers: readonly Controller[]): void {
    if (!this.#power) return;
    const { name: _, ...options } = this.#options;
    this.#running.push(runControllers({ ...options, controllers: [...controllers], signal: this.#power.signal }));
  }
}
