/** The parts of the Compose specification that an export uses, in its own words. */
export interface ComposeFile {
  /** Of the project: containers and network are named after it. */
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, ComposeNetwork>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

export interface ComposeService {
  readonly image: string;
  readonly entrypoint: readonly string[];
  /** uid:gid */
  readonly user: string;
  readonly hostname?: string;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, ComposeAttachment>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly ComposeBind[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: ComposeCondition }>>;
  readonly healthcheck?: ComposeHealthCheck;
  readonly mem_limit?: number;
  readonly pids_limit: number;
  readonly restart: string;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly read_only: boolean;
  readonly tmpfs: readonly string[];
  readonly logging: {
    readonly driver: string;
    readonly options: Readonly<Record<string, string>>;
  };
}

export type ComposeCondition = 'service_started' | 'service_healthy';

export interface ComposeAttachment {
  readonly ipv4_address?: string;
  readonly aliases: readonly string[];
}

/** A directory beside the file. */
export interface ComposeBind {
  readonly type: 'bind';
  readonly source: string;
  readonly target: string;
  readonly bind: { readonly create_host_path: boolean };
}

export interface ComposeHealthCheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
}

/** One that is made with the project, or somebody else's. */
export type ComposeNetwork =
  | {
      readonly driver: 'bridge';
      readonly ipam: { readonly config: readonly { readonly subnet: string }[] };
    }
  | { readonly name: string; readonly external: true };
