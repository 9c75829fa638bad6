/** What is played: which months, how many of their flights, and what is planted where. */
export interface Calendar {
  /** Months that the first model learns from, as 01. */
  readonly before: readonly string[];
  /** And those that are lived through. */
  readonly months: readonly string[];
  /** Of so many flights one is played. */
  readonly oneOf: number;
  /** Flights of one of the monitor's windows. */
  readonly windowRows: number;
  /** The half month whose delivery comes spoilt first. */
  readonly spoiltDelivery: string;
  /** When somebody trains a bad model, and when somebody lets it go live all the same. */
  readonly badTraining: string;
  readonly badDeployment: string;
}

export const YEAR: Calendar = {
  before: ["01", "02", "03"],
  months: ["04", "05", "06", "07", "08", "09", "10", "11", "12"],
  oneOf: 1,
  windowRows: 3_500,
  spoiltDelivery: "2013-08/1",
  badTraining: "2013-09",
  badDeployment: "2013-11",
};

/** The same story, with all that is planted, on a part of the flights of four months. */
export const SHORT: Calendar = {
  before: ["01", "02", "03"],
  months: ["04", "05", "06", "07"],
  oneOf: 3,
  windowRows: 1_100,
  spoiltDelivery: "2013-04/2",
  badTraining: "2013-04",
  badDeployment: "2013-04",
};
