using System.Diagnostics;

namespace HybridAD.Cli.Output;

/// <summary>Says on standard error what is being done once it takes more than a second; silent unless a person watches or asks for it.</summary>
internal sealed class Progress : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Shell _shell;
    private readonly Timer? _timer;
    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile string _stage = "";
    private int _shownLength;

    public Progress(Shell shell)
    {
        _shell = shell;
        if (shell.ErrorIsTerminal || shell.ForceProgress)
            _timer = new Timer(_ => Show(), null, Patience, Patience);
    }

    /// <summary>The next stage begins.</summary>
    public void Stage(string name) => _stage = PlainText.Of(name);

    public void Dispose()
    {
        if (_timer is null)
            return;
        using (var stopped = new ManualResetEvent(false))
            if (_timer.Dispose(stopped))
                stopped.WaitOne();
        if (_shell.ErrorIsTerminal && _shownLength > 0)
            _shell.Say($"\r{new string(' ', _shownLength)}\r", endsLine: false);
    }

    private void Show()
    {
        var text = $"{_stage} … {Stopwatch.GetElapsedTime(_start).TotalSeconds:0} s";
        _shell.Say(_shell.ErrorIsTerminal ? "\r" + text.PadRight(_shownLength) : text, endsLine: !_shell.ErrorIsTerminal);
        _shownLength = Math.Max(_shownLength, text.Length);
    }
}
