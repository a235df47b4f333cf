export { formKey, noSession } from '../../bench/form-key.ts'
