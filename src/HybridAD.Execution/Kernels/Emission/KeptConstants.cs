using System.Reflection;
using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>
/// Registers of constants that are kept in local variables while a loop runs. The JIT, which sees that they are constants, would read them anew wherever they are needed, and rows of a Jacobian need
/// two for each register that is stored. Which ones there are is known in the end: they are set there, before anything else runs.
/// </summary>
/// <param name="il">Where the code is written.</param>
internal sealed class KeptConstants(MethodCode il)
{
    /// <summary>Half of the registers; the others are for what is computed.</summary>
    private const int Most = 16;

    private readonly Dictionary<(Type Type, string Bits), (LocalBuilder Local, Action Create)> _kept = [];
    private readonly Dictionary<Type, LocalBuilder> _hidden = [];
    private CodeLabel _setting;
    private CodeLabel _set;

    /// <summary>Goes to where the constants are set.</summary>
    public void Begin()
    {
        (_setting, _set) = (il.DefineLabel(), il.DefineLabel());
        il.Emit(OpCodes.Br, _setting);
        il.MarkLabel(_set);
    }

    /// <summary>Pushes a register of integers.</summary>
    public void Emit(MethodInfo create, long[] numbers) =>
        Emit(create.ReturnType, string.Join(' ', numbers), () =>
        {
            foreach (var number in numbers)
                il.Emit(OpCodes.Ldc_I8, number);
            il.Emit(OpCodes.Call, create);
        });

    /// <summary>Pushes a register of numbers.</summary>
    public void Emit(MethodInfo create, double[] numbers) =>
        Emit(create.ReturnType, string.Join(' ', numbers.Select(BitConverter.DoubleToInt64Bits)), () =>
        {
            foreach (var number in numbers)
                il.Emit(OpCodes.Ldc_R8, number);
            il.Emit(OpCodes.Call, create);
        });

    /// <summary>Sets the constants.</summary>
    public void End()
    {
        il.MarkLabel(_setting);
        foreach (var (local, create) in _kept.Values)
        {
            // What is read from memory that may change is not a constant.
            if (!_hidden.TryGetValue(local.LocalType, out var hidden))
                _hidden[local.LocalType] = hidden = il.DeclareLocal(local.LocalType);
            create();
            il.Emit(OpCodes.Stloc, hidden);
            il.Emit(OpCodes.Ldloca, hidden);
            il.Emit(OpCodes.Volatile);
            il.Emit(OpCodes.Ldobj, local.LocalType);
            il.Emit(OpCodes.Stloc, local);
        }
        il.Emit(OpCodes.Br, _set);
    }

    private void Emit(Type type, string bits, Action create)
    {
        if (_kept.TryGetValue((type, bits), out var kept))
            il.Emit(OpCodes.Ldloc, kept.Local);
        else if (_kept.Count == Most)
            create();
        else
        {
            kept = (il.DeclareLocal(type), create);
            _kept.Add((type, bits), kept);
            il.Emit(OpCodes.Ldloc, kept.Local);
        }
    }
}
