/*
 * libs2n.so: a thin shared object around AWS's Node.js addon, which exports the whole of s2n-tls.
 *
 * The addon cannot be loaded outside Node.js: its load-time constructor calls napi_module_register,
 * which only Node.js defines. This file defines it, to do nothing, and libs2n.so lists the addon as
 * a library that it needs; so loading libs2n.so loads both, and every s2n_* function is found through it.
 *
 * The addon refers to more napi_* functions, which only its JavaScript side calls; s2n never does.
 * musl resolves them all at load, and so does glibc under LD_BIND_NOW or RTLD_NOW, so they must exist.
 * They take unknown arguments and cannot answer truthfully, so a call ends the process (SIGILL) instead
 * of passing for a success. No libc is needed, so one compiler can link this for every target.
 */

void napi_module_register(void *module)
{
    (void)module;
}

#define NOT_OUTSIDE_NODE(name) \
    void name(void)            \
    {                          \
        __builtin_trap();      \
    }

/* The other undefined napi_* symbols of the addon; the same on all four targets. */
NOT_OUTSIDE_NODE(napi_acquire_threadsafe_function)
NOT_OUTSIDE_NODE(napi_call_function)
NOT_OUTSIDE_NODE(napi_call_threadsafe_function)
NOT_OUTSIDE_NODE(napi_coerce_to_bool)
NOT_OUTSIDE_NODE(napi_coerce_to_number)
NOT_OUTSIDE_NODE(napi_coerce_to_string)
NOT_OUTSIDE_NODE(napi_create_array)
NOT_OUTSIDE_NODE(napi_create_array_with_length)
NOT_OUTSIDE_NODE(napi_create_arraybuffer)
NOT_OUTSIDE_NODE(napi_create_dataview)
NOT_OUTSIDE_NODE(napi_create_external)
NOT_OUTSIDE_NODE(napi_create_external_arraybuffer)
NOT_OUTSIDE_NODE(napi_create_function)
NOT_OUTSIDE_NODE(napi_create_int32)
NOT_OUTSIDE_NODE(napi_create_int64)
NOT_OUTSIDE_NODE(napi_create_object)
NOT_OUTSIDE_NODE(napi_create_reference)
NOT_OUTSIDE_NODE(napi_create_string_utf8)
NOT_OUTSIDE_NODE(napi_create_threadsafe_function)
NOT_OUTSIDE_NODE(napi_create_uint32)
NOT_OUTSIDE_NODE(napi_define_class)
NOT_OUTSIDE_NODE(napi_delete_reference)
NOT_OUTSIDE_NODE(napi_get_and_clear_last_exception)
NOT_OUTSIDE_NODE(napi_get_array_length)
NOT_OUTSIDE_NODE(napi_get_arraybuffer_info)
NOT_OUTSIDE_NODE(napi_get_boolean)
NOT_OUTSIDE_NODE(napi_get_buffer_info)
NOT_OUTSIDE_NODE(napi_get_cb_info)
NOT_OUTSIDE_NODE(napi_get_dataview_info)
NOT_OUTSIDE_NODE(napi_get_element)
NOT_OUTSIDE_NODE(napi_get_global)
NOT_OUTSIDE_NODE(napi_get_last_error_info)
NOT_OUTSIDE_NODE(napi_get_named_property)
NOT_OUTSIDE_NODE(napi_get_null)
NOT_OUTSIDE_NODE(napi_get_prototype)
NOT_OUTSIDE_NODE(napi_get_reference_value)
NOT_OUTSIDE_NODE(napi_get_threadsafe_function_context)
NOT_OUTSIDE_NODE(napi_get_typedarray_info)
NOT_OUTSIDE_NODE(napi_get_undefined)
NOT_OUTSIDE_NODE(napi_get_value_bool)
NOT_OUTSIDE_NODE(napi_get_value_external)
NOT_OUTSIDE_NODE(napi_get_value_int32)
NOT_OUTSIDE_NODE(napi_get_value_int64)
NOT_OUTSIDE_NODE(napi_get_value_string_utf8)
NOT_OUTSIDE_NODE(napi_get_value_uint32)
NOT_OUTSIDE_NODE(napi_has_named_property)
NOT_OUTSIDE_NODE(napi_is_array)
NOT_OUTSIDE_NODE(napi_is_arraybuffer)
NOT_OUTSIDE_NODE(napi_is_buffer)
NOT_OUTSIDE_NODE(napi_is_dataview)
NOT_OUTSIDE_NODE(napi_is_error)
NOT_OUTSIDE_NODE(napi_is_exception_pending)
NOT_OUTSIDE_NODE(napi_is_typedarray)
NOT_OUTSIDE_NODE(napi_new_instance)
NOT_OUTSIDE_NODE(napi_release_threadsafe_function)
NOT_OUTSIDE_NODE(napi_set_element)
NOT_OUTSIDE_NODE(napi_set_named_property)
NOT_OUTSIDE_NODE(napi_set_property)
NOT_OUTSIDE_NODE(napi_throw_error)
NOT_OUTSIDE_NODE(napi_throw_range_error)
NOT_OUTSIDE_NODE(napi_throw_type_error)
NOT_OUTSIDE_NODE(napi_typeof)
NOT_OUTSIDE_NODE(napi_unref_threadsafe_function)
NOT_OUTSIDE_NODE(napi_unwrap)
NOT_OUTSIDE_NODE(napi_wrap)
