using System.Runtime.InteropServices;
using S2nTls.Errors;

namespace S2nTls.Interop;

/// <summary>An error that an s2n call reported, read right after the call on the same thread.</summary>
internal readonly record struct S2nError(int Code, S2nErrorType Type)
{
    /// <summary>s2n's number for "would block", which users never see.</summary>
    private const S2nErrorType Blocked = (S2nErrorType)3;

    /// <summary>Whether nothing has failed: the call must be repeated when what it waits for is available.</summary>
    internal bool IsBlocked => Type == Blocked;

    /// <summary>Reads s2n's thread-local error number: nothing else may call s2n on this thread in between.</summary>
    internal static unsafe S2nError Last
    {
        get
        {
            int code = *S2n.s2n_errno_location();
            return new S2nError(code, (S2nErrorType)S2n.s2n_error_get_type(code));
        }
    }

    /// <summary>s2n's own name for it, such as <c>S2N_ERR_CERT_UNTRUSTED</c>.</summary>
    internal unsafe string Name => Text(S2n.s2n_strerror_name(Code)) ?? $"S2N_ERR_{Code}";

    internal unsafe string Message => Text(S2n.s2n_strerror(Code, "EN"u8)) ?? "unknown error"; // the compiler appends a zero byte

    /// <summary>Where in s2n's source the error was raised. Thread-local like the number, and only for the last error.</summary>
    internal static unsafe string? LastSource => Text(S2n.s2n_strerror_source(*S2n.s2n_errno_location()));

    /// <summary>Throws if a call failed. Use it immediately after the call, on the same thread.</summary>
    /// <exception cref="S2nException">The call failed.</exception>
    internal static void Check(int result)
    {
        if (result != S2n.Success)
        {
            Throw();
        }
    }

    /// <inheritdoc cref="Check"/>
    /// <returns>The created object.</returns>
    internal static nint CheckCreated(nint created)
    {
        if (created == 0)
        {
            Throw();
        }

        return created;
    }

    private static void Throw() => throw S2nFault.Capture(Last).ToException();

    private static unsafe string? Text(byte* text) => Marshal.PtrToStringUTF8((nint)text);
}
