// The public constructs and value classes. src/spec is shared with lambda/ and cli/ and is no part of the jsii API.
export {};
