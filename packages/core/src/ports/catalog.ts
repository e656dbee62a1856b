/** A catalog entity as Backstage writes it, reduced to what we read; other fields are kept. */
export interface CatalogEntity {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    title?: string;
    description?: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
    [field: string]: unknown;
  };
  spec?: Record<string, unknown>;
  relations?: { type: string; targetRef: string }[];
}

/** Something in a catalog that could not be used, e.g. a malformed document, with its place (`file:line`). */
export interface CatalogProblem {
  location: string;
  message: string;
}

export interface CatalogContents {
  entities: CatalogEntity[];
  /** Bad documents are left out and told here; the rest of the catalog works. */
  problems: CatalogProblem[];
}

/** Where entities come from: catalog files, the catalog's API, or nothing (labels only). */
export interface Catalog {
  /** Kinds Domain, System, Component, Resource, DRPolicy, Group and User are enough. */
  read(signal?: AbortSignal): Promise<CatalogContents>;
}
