namespace S2nTls;

/// <content>Handshakes as a server that chooses its context after it has read the ClientHello.</content>
public partial class S2nStream
{
    /// <summary>
    /// Performs the handshake as a server whose context is chosen once the ClientHello is known. Nothing is sent before the choice
    /// (<c>s2n_config_set_client_hello_cb</c>); <c>docs/client-hello.md</c> has an example.
    /// </summary>
    /// <param name="selection">
    /// Chooses the context, or refuses the client. This call throws what it throws, and the client is sent an alert at once: that of a
    /// <see cref="S2nClientRefusedException"/>, otherwise <see cref="TlsAlert.InternalError"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels the handshake and the token of <paramref name="selection"/>, and does not wait for it if it ignores that. The stream cannot be used afterwards.</param>
    /// <exception cref="S2nClientRefusedException">The client was refused.</exception>
    /// <exception cref="InvalidOperationException">The stream is already authenticated or being authenticated; or <paramref name="selection"/> chose a client context.</exception>
    /// <inheritdoc cref="AuthenticateAsServerAsync(S2nContext, CancellationToken)" path="/exception[@cref='T:System.Security.Authentication.AuthenticationException' or @cref='T:System.IO.IOException']"/>
    public Task AuthenticateAsServerAsync(S2nClientHelloCallback selection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return AuthenticateAsync(asServer: true, host: null, () => PlanServer(SelectAsync), cancellationToken);

        async ValueTask<S2nContext> SelectAsync(S2nClientHello hello, CancellationToken cancellation) =>
            Checked(await selection(this, hello, cancellation).ConfigureAwait(false), hello);
    }

    /// <inheritdoc cref="AuthenticateAsServerAsync(S2nClientHelloCallback, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="selection">Like a <see cref="S2nClientHelloCallback"/>, but synchronous: this call blocks its thread for as long as it takes.</param>
    public void AuthenticateAsServer(Func<S2nStream, S2nClientHello, S2nContext?> selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        Authenticate(asServer: true, host: null, () => PlanServer((hello, _) => ValueTask.FromResult(Checked(selection(this, hello), hello))));
    }

    private static S2nContext Checked(S2nContext? selected, S2nClientHello hello) => selected switch
    {
        { IsServer: true } => selected,
        not null => throw new InvalidOperationException("The selected context is for clients."),
        null => throw new S2nClientRefusedException(
            hello.ServerName.Length > 0 ? TlsAlert.UnrecognizedName : TlsAlert.HandshakeFailure,
            hello.ServerName.Length > 0 ? $"No context was selected for a client that asks for '{hello.ServerName}'." : "No context was selected for a client that asks for no name."),
    };
}
