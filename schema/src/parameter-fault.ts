export interface ParameterFault {
  /** Where in the parameters; empty for the parameters as a whole. */
  path: string[];
  message: string;
}
