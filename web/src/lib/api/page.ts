/** One page of a list. `totalIsLowerBound` is set when the server stopped counting. */
export interface Page<T> {
  results: T[];
  total: number;
  totalIsLowerBound?: boolean;
}
