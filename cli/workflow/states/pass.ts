import { PassState } from '../asl';
import { leave, StateRunner } from '../frame';

export const pass: StateRunner<PassState> = async (state, frame) => leave(state, frame, {}, frame.input);
