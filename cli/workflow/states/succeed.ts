import { SucceedState } from '../asl';
import { leave, StateRunner } from '../frame';

export const succeed: StateRunner<SucceedState> = async (state, frame) => leave(state, frame, {}, frame.input);
