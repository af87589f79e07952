using Nito.AsyncEx;

namespace S2nTls.Tests.Engine;

/// <summary>Stands in a hook: it says when the hook has been called, and lets it go on when the test says so.</summary>
/// <param name="heeds">Whether a hook that is waited for heeds its token.</param>
internal sealed class Gate(bool heeds = false)
{
    private readonly AsyncManualResetEvent _asked = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the hook has been called.</summary>
    public Task Asked => _asked.WaitAsync();

    /// <summary>What the hook was given, if it is one that is waited for.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>What the hook does first, on its own thread.</summary>
    public Action? Inside { get; set; }

    /// <summary>Lets the hook answer, or throw.</summary>
    public void Open(Exception? thrown = null)
    {
        if (thrown is null)
        {
            _opened.TrySetResult();
        }
        else
        {
            _opened.TrySetException(thrown);
            _ = _opened.Task.Exception; // whether the hook's own task is looked at is what tests ask
        }
    }

    /// <summary>For a hook that is a function: it keeps its thread.</summary>
    public void Pass()
    {
        Inside?.Invoke();
        _asked.Set();
        _opened.Task.GetAwaiter().GetResult();
    }

    /// <summary>For a hook that is waited for.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        Inside?.Invoke();
        _asked.Set();
        await _opened.Task.WaitAsync(heeds ? cancellationToken : CancellationToken.None);
    }
}
