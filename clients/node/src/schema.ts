// The record types and their fields, as docs/spec/event-format.md (E9) has them. May use nothing.
// The one table of this client: drafts are made by it, and a test holds it against the stubs.

/** Bytes of a block, at most. */
export const LARGEST = 1 << 20;
/** Maps and lists inside one another, at most, the event being the first. */
export const DEEPEST = 24;

export type Kind =
  | "text"
  | "bool"
  | "count"
  | "int"
  | "time"
  | "map"
  | "values"
  | "metrics"
  | "code"
  | "any"
  | "ids";

export interface Field {
  /** As the block has it, such as `num_rows`. */
  readonly name: string;
  /** As JavaScript has it, such as `numRows`. */
  readonly key: string;
  readonly kind: Kind;
}

/** Types whose content alone says which event they are: no time is drawn for them. */
export const THINGS: ReadonlySet<string> = new Set(["dataset", "hyperparameters", "model"]);

/** The fields of each type, a text where no kind is named. */
export const SCHEMA: ReadonlyMap<string, readonly Field[]> = new Map(
  Object.entries({
    dataset:
      "name version checksum checksum_method num_rows:count num_bytes:count uri split license schema:map properties:map",
    hyperparameters: "values:values properties:map",
    training:
      "run_id model_name model_version status hyperparameters:map started_at:time finished_at:time seed:int code:code image metrics:metrics properties:map",
    model: "name version checksum checksum_method num_bytes:count format uri license properties:map",
    evaluation: "metrics:metrics dataset split slice num_rows:count passed:bool properties:map",
    deployment: "name stage endpoint image status properties:map",
    prediction:
      "prediction_id inputs:any output:any status error latency_us:count stream seq:count properties:map",
    feedback: "value:any kind source properties:map",
    approval: "decision meaning signer_name reason properties:map",
    "lineseal/gap": "stream first_seq:count last_seq:count count:count reason",
  }).map(([type, fields]) => [type, `${fields} ids:ids`.split(" ").map(field)]),
);

function field(text: string): Field {
  const [name = "", kind = "text"] = text.split(":");
  return {
    name,
    key: name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    kind: kind as Kind,
  };
}
