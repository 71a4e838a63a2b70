export class HealthView {
  readonly status!: 'ok';
}
