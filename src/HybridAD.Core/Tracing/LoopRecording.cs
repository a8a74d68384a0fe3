namespace HybridAD.Tracing;

/// <summary>
/// Marks the instances of a loop on the tape that is being recorded on the calling thread, if there is one. Marks change nothing of what is recorded; they save the search for what repeats
/// in it.
/// </summary>
internal struct LoopRecording
{
    private readonly Tape? _tape;
    private readonly int _loop;
    private int _next;
    private int _start;
    private int _length;
    private int _count;

    private LoopRecording(Tape tape, string? name)
    {
        _tape = tape;
        _loop = tape.AddLoop(name);
        _next = tape.NodeCount;
    }

    /// <summary>The next operation is the first of the first instance.</summary>
    public static LoopRecording Begin(string? name) => Tape.Recording is { } tape ? new(tape, name) : default;

    /// <summary>An instance ends, and the next begins.</summary>
    public void EndInstance()
    {
        if (_tape is null)
            return;
        var length = _tape.NodeCount - _next;
        // What depends on no input is not recorded.
        if (length <= 0)
            return;
        if (length != _length)
        {
            End();
            (_start, _length) = (_next, length);
        }
        _count++;
        _next += length;
    }

    /// <summary>No more instances follow.</summary>
    public void End()
    {
        if (_count > 0)
            _tape!.AddLoopRun(_start, _length, _count, _loop);
        (_length, _count) = (0, 0);
    }
}
