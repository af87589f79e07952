/* A TLS 1.3 handshake and a line of text between two ends in one process, with the libs2n.so that is named: whether the packaged library
 * works under a C library for which there is no .NET runtime at hand. handshake LIBRARY CERTIFICATE KEY */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { CLIENT = 1, SERVER = 0, TLS13 = 34, SIZE = 1 << 16 };

struct pipe { uint8_t bytes[SIZE]; uint32_t start, end; };

static struct pipe to_server, to_client;

static int sends(void *io, const uint8_t *bytes, uint32_t length)
{
    struct pipe *pipe = io;
    if (pipe->end + length > SIZE) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(pipe->bytes + pipe->end, bytes, length);
    pipe->end += length;
    return (int)length;
}

static int receives(void *io, uint8_t *bytes, uint32_t length)
{
    struct pipe *pipe = io;
    uint32_t here = pipe->end - pipe->start;
    if (here == 0) {
        errno = EAGAIN;
        return -1;
    }
    if (length > here)
        length = here;
    memcpy(bytes, pipe->bytes + pipe->start, length);
    pipe->start += length;
    return (int)length;
}

static void *library;

static void *find(const char *name)
{
    void *function = dlsym(library, name);
    if (!function) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return function;
}

static char *text_of(const char *path)
{
    static char text[2][SIZE];
    static int next;
    FILE *file = fopen(path, "r");
    char *into = text[next++ & 1];
    if (!file) {
        perror(path);
        exit(1);
    }
    into[fread(into, 1, SIZE - 1, file)] = 0;
    fclose(file);
    return into;
}

static void check(int result, const char *what)
{
    if (result < 0) {
        int *(*errno_location)(void) = (int *(*)(void))find("s2n_errno_location");
        const char *(*describe)(int, const char *) = (const char *(*)(int, const char *))find("s2n_strerror");
        fprintf(stderr, "%s: %s\n", what, describe(*errno_location(), "EN"));
        exit(1);
    }
}

#define CALL(name, types) ((int (*) types)find(#name))

int main(int argc, char **argv)
{
    if (argc != 4 || !(library = dlopen(argv[1], RTLD_NOW))) {
        fprintf(stderr, "%s\n", argc != 4 ? "handshake LIBRARY CERTIFICATE KEY" : dlerror());
        return 1;
    }
    setenv("S2N_DONT_MLOCK", "1", 1);
    check(CALL(s2n_init, (void))(), "s2n_init");

    void *config[2], *connection[2];
    for (int mode = SERVER; mode <= CLIENT; mode++) {
        config[mode] = ((void *(*)(void))find("s2n_config_new_minimal"))();
        check(CALL(s2n_config_set_cipher_preferences, (void *, const char *))(config[mode], "default_pq"), "s2n_config_set_cipher_preferences");
        connection[mode] = ((void *(*)(int))find("s2n_connection_new"))(mode);
    }
    char *certificate = text_of(argv[2]);
    void *pair = ((void *(*)(void))find("s2n_cert_chain_and_key_new"))();
    check(CALL(s2n_cert_chain_and_key_load_pem, (void *, const char *, const char *))(pair, certificate, text_of(argv[3])), "s2n_cert_chain_and_key_load_pem");
    check(CALL(s2n_config_add_cert_chain_and_key_to_store, (void *, void *))(config[SERVER], pair), "s2n_config_add_cert_chain_and_key_to_store");
    check(CALL(s2n_config_add_pem_to_trust_store, (void *, const char *))(config[CLIENT], certificate), "s2n_config_add_pem_to_trust_store");
    check(CALL(s2n_set_server_name, (void *, const char *))(connection[CLIENT], "localhost"), "s2n_set_server_name");

    for (int mode = SERVER; mode <= CLIENT; mode++) {
        check(CALL(s2n_connection_set_config, (void *, void *))(connection[mode], config[mode]), "s2n_connection_set_config");
        check(CALL(s2n_connection_set_blinding, (void *, int))(connection[mode], 1), "s2n_connection_set_blinding");
        check(CALL(s2n_connection_set_send_cb, (void *, int (*)(void *, const uint8_t *, uint32_t)))(connection[mode], sends), "s2n_connection_set_send_cb");
        check(CALL(s2n_connection_set_recv_cb, (void *, int (*)(void *, uint8_t *, uint32_t)))(connection[mode], receives), "s2n_connection_set_recv_cb");
        check(CALL(s2n_connection_set_send_ctx, (void *, void *))(connection[mode], mode == CLIENT ? &to_server : &to_client), "s2n_connection_set_send_ctx");
        check(CALL(s2n_connection_set_recv_ctx, (void *, void *))(connection[mode], mode == CLIENT ? &to_client : &to_server), "s2n_connection_set_recv_ctx");
    }

    /* Each end goes on as far as the other's bytes let it: blocked is no failure, as long as both get there. */
    int done[2] = { 0, 0 }, blocked;
    int (*error_type)(int) = CALL(s2n_error_get_type, (int));
    int *(*error)(void) = (int *(*)(void))find("s2n_errno_location");
    for (int turn = 0; turn < 20 && !(done[SERVER] && done[CLIENT]); turn++)
        for (int mode = CLIENT; mode >= SERVER; mode--)
            if (!done[mode]) {
                done[mode] = CALL(s2n_negotiate, (void *, int *))(connection[mode], &blocked) == 0;
                if (!done[mode] && error_type(*error()) != 3 /* S2N_ERR_T_BLOCKED */)
                    check(-1, "s2n_negotiate");
            }
    if (!done[SERVER] || !done[CLIENT] || CALL(s2n_connection_get_actual_protocol_version, (void *))(connection[CLIENT]) != TLS13) {
        fprintf(stderr, "There was no TLS 1.3 handshake.\n");
        return 1;
    }

    char line[] = "a line of text", got[sizeof line] = "";
    if (CALL(s2n_send, (void *, const void *, ssize_t, int *))(connection[CLIENT], line, sizeof line, &blocked) != (int)sizeof line ||
        CALL(s2n_recv, (void *, void *, ssize_t, int *))(connection[SERVER], got, sizeof got, &blocked) != (int)sizeof got || strcmp(line, got) != 0) {
        fprintf(stderr, "The line of text did not cross.\n");
        return 1;
    }
    const char *(*group)(void *, const char **) = (const char *(*)(void *, const char **))find("s2n_connection_get_key_exchange_group");
    const char *name = "?";
    group(connection[CLIENT], &name);
    printf("TLS 1.3 with %s, and a line of text\n", name);
    return 0;
}
