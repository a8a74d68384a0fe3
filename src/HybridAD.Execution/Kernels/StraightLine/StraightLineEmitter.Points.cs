using System.Reflection;
using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Schedules;

namespace HybridAD.Execution.Kernels.StraightLine;

/// <content>
/// Functions of points (<see cref="PointFunction"/>, <see cref="PointFunctionWithValues"/>). A small function takes no longer than a few dozen instructions, so what is asked around a call is asked in it, with
/// lengths that are known; and what is called otherwise takes the arguments as they are, so that callers need not keep them either.
/// </content>
internal sealed partial class StraightLineEmitter
{
    private static readonly MethodInfo IsWatched = typeof(Workspace).GetProperty(nameof(Workspace.IsWatched), BindingFlags.Instance | BindingFlags.NonPublic)!.GetMethod!;

    private CodeLabel _otherwise;

    /// <summary>The code, which is one part, as a function of points; null where it is too long to be optimised.</summary>
    /// <param name="plan">The code. What it stores in memory are the outputs, where the function has them.</param>
    /// <param name="lengths">The lengths of the arrays that the function takes, each of which is followed by its length: point, outputs if it has them, result.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
    public static PointMethod<TFunction>? EmitPointMethod<TFunction>(StraightLinePlan plan, int[] lengths, bool isStrict)
        where TFunction : Delegate
    {
        Type[] parameters = [typeof(PointClosure<TFunction>), .. lengths.SelectMany(static _ => (Type[])[Numbers, typeof(int)]), typeof(Workspace)];
        var (emitter, placed) = Prepare(parameters, plan, plan.Schedule.Segments[0], isStrict, lengths.Length == 2 ? AtPoints : AtPointsWithValues);
        emitter._otherwise = emitter._il.DefineLabel();
        emitter.PlaceLiterals();
        emitter.EmitQuestions(lengths);
        emitter.LoadLiterals(typeof(PointClosure<TFunction>).GetField(nameof(PointClosure<TFunction>.Literals))!);
        emitter.EmitAll(placed);
        emitter.EmitOtherwise<TFunction>(parameters.Length);
        return emitter._il.IsOptimized ? new(emitter._il.Complete(), [.. emitter._literals]) : null;
    }

    /// <summary>
    /// Goes elsewhere where lengths are wrong, what is written may share memory with anything, or somebody watches. Lengths and places are one branch and not three: Intel's cores up to Cascade Lake decode
    /// branches that lie across 32 bytes of the code anew each time, which took a sixth of the time of a small function.
    /// </summary>
    private void EmitQuestions(int[] lengths)
    {
        for (var k = 0; k < lengths.Length; k++)
        {
            EmitDifference((byte)(2 * k + 2), lengths[k]);
            if (k > 0)
                _il.Emit(OpCodes.Or);
        }
        for (var written = 1; written < lengths.Length; written++)
            for (var other = 0; other < written; other++)
            {
                EmitOverlap(other, written, lengths);
                _il.Emit(OpCodes.Or);
            }
        _il.Emit(OpCodes.Brtrue, _otherwise);
        var isUnwatched = _il.DefineLabel();
        var scratch = (byte)(2 * lengths.Length + 1);
        _il.Emit(OpCodes.Ldarg_S, scratch);
        _il.Emit(OpCodes.Brfalse, isUnwatched);
        _il.Emit(OpCodes.Ldarg_S, scratch);
        _il.Emit(OpCodes.Call, IsWatched);
        _il.Emit(OpCodes.Brtrue, _otherwise);
        _il.MarkLabel(isUnwatched);
    }

    /// <summary>
    /// Pushes whether two arrays share memory. The distance of two that overlap is more than minus the length of the second and less than that of the first: one comparison without signs.
    /// </summary>
    private void EmitOverlap(int first, int second, int[] lengths)
    {
        var (before, behind) = (sizeof(double) * (long)lengths[first], sizeof(double) * (long)lengths[second]);
        _il.Emit(OpCodes.Ldarg_S, (byte)(2 * second + 1));
        _il.Emit(OpCodes.Ldarg_S, (byte)(2 * first + 1));
        _il.Emit(OpCodes.Sub);
        EmitOffset(behind - 1);
        _il.Emit(OpCodes.Ldc_I8, before + behind - 1);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Clt_Un);
    }

    /// <summary>Pushes the bits in which a length is another one.</summary>
    private void EmitDifference(byte argument, int length)
    {
        _il.Emit(OpCodes.Ldarg_S, argument);
        _il.Emit(OpCodes.Ldc_I4, length);
        _il.Emit(OpCodes.Xor);
    }

    /// <summary>Goes elsewhere where a number is not finite: its difference to itself is NaN then, and has bits that are not 0.</summary>
    private void EmitTest(Instruction instruction, in PlacedInstruction placed)
    {
        if (instruction.Lanes == 1)
        {
            EmitDouble(instruction, placed, 0);
            EmitDouble(instruction, placed, 0);
            _il.Emit(OpCodes.Sub);
            var difference = _il.DeclareLocal(typeof(double));
            _il.Emit(OpCodes.Stloc, difference);
            _il.Emit(OpCodes.Ldloc, difference);
            _il.Emit(OpCodes.Ldloc, difference);
            _il.Emit(OpCodes.Bne_Un, _otherwise);
            return;
        }
        var isa = VectorIsa.Of(instruction.Lanes);
        EmitSource(instruction, placed, 0);
        EmitSource(instruction, placed, 0);
        _il.Emit(OpCodes.Call, isa.Operator("op_Subtraction"));
        _il.Emit(OpCodes.Call, isa.Shuffle!.Bits!);
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Call, isa.Shuffle.AreDisjoint!);
        _il.Emit(OpCodes.Brfalse, _otherwise);
    }

    private void EmitOtherwise<TFunction>(int parameterCount)
        where TFunction : Delegate
    {
        _il.MarkLabel(_otherwise);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, typeof(PointClosure<TFunction>).GetField(nameof(PointClosure<TFunction>.Otherwise))!);
        for (byte argument = 1; argument < parameterCount; argument++)
            _il.Emit(OpCodes.Ldarg_S, argument);
        _il.Emit(OpCodes.Callvirt, typeof(TFunction).GetMethod(nameof(PointFunction.Invoke))!);
        _il.Emit(OpCodes.Ret);
    }
}
